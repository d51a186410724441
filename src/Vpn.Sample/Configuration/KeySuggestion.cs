namespace FifoVpn.Configuration;

/// <summary>Guesses which key a mistyped one was meant to be.</summary>
internal static class KeySuggestion
{
    private const int MaxDistance = 2;

    /// <summary>
    /// The nearest known key, if it differs in letter case only or by at most two edits and less than half of its letters.
    /// </summary>
    public static string? Find(string key, ReadOnlySpan<string> known)
    {
        string? best = null;
        int bestDistance = MaxDistance + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(key.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance && distance * 2 < candidate.Length)
            {
                best = candidate;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string left, string right)
    {
        int[] previous = [.. Enumerable.Range(0, right.Length + 1)];
        int[] current = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
