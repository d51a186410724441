namespace FifoDtls.TestSupport;

/// <summary>Chooses what happens at once.</summary>
public static class RaceSchedule
{
    /// <summary>One action that ends the calls for certain, and up to <paramref name="most"/> others, each once.</summary>
    public static string Choose(Random random, char ender, string actions, int most)
    {
        string schedule = ender.ToString();
        for (int more = random.Next(most + 1); more > 0; more--)
        {
            char action = actions[random.Next(actions.Length)];
            schedule += schedule.Contains(action) ? "" : action;
        }

        return schedule;
    }
}
