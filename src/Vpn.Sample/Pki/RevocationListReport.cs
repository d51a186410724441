using System.Text;

namespace FifoVpn.Pki;

/// <summary>What a person wants to know of a revocation list, as lines of text.</summary>
internal static class RevocationListReport
{
    public static string Write(RevocationList list, DateTimeOffset now)
    {
        StringBuilder report = new();
        Line("Issuer", list.Issuer.Name);
        Line("List number", list.Number?.ToString() ?? "none");
        Line("This update", $"{list.ThisUpdate.ToUniversalTime():u}");
        Line("Next update", list.NextUpdate is { } next ? $"{next.ToUniversalTime():u} ({State(list.ThisUpdate, next, now)})" : "never");
        Line("Revoked", list.Revoked.Count == 0 ? "none" : $"{list.Revoked.Count}");
        foreach (RevokedCertificate entry in list.Revoked)
        {
            report.Append($"  {entry.Serial} since {entry.RevokedAt.ToUniversalTime():u}{(entry.Reason is { } reason ? $" ({reason})" : "")}\n");
        }

        return report.ToString();

        void Line(string label, string value) => report.Append((label + ":").PadRight(15)).Append(value).Append('\n');
    }

    private static string State(DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, DateTimeOffset now)
    {
        if (now < thisUpdate)
        {
            return "not valid yet";
        }

        return now > nextUpdate ? "EXPIRED" : $"valid now, {(int)(nextUpdate - now).TotalDays} days left";
    }
}
