namespace FifoDtls.Stress;

/// <summary>What an association is to do. Everything is drawn at once, so the plans of a peer depend on the seed alone and not on what happens.</summary>
/// <param name="End">How it ends.</param>
/// <param name="Lifetime">How long it lives once it is established.</param>
/// <param name="HandshakeTime">When the handshake is closed or cancelled, if it is to be.</param>
/// <param name="CancelsReceive">Whether a Receive is cancelled in the middle of its life.</param>
/// <param name="SameAddress">Whether it begins at the address of the last one.</param>
internal readonly record struct LifePlan(LifeEnd End, TimeSpan Lifetime, TimeSpan HandshakeTime, bool CancelsReceive, bool SameAddress)
{
    internal static LifePlan Draw(SoakSettings settings, Random random)
    {
        bool death = Hit(random, settings.Death);
        bool handshakeClose = Hit(random, settings.HandshakeClose);
        bool cancel = Hit(random, settings.Cancel);
        bool sameAddress = Hit(random, settings.SameAddress);
        bool cancelsHandshake = random.Next(2) == 0;
        bool byServer = random.Next(4) == 0;
        var lifetime = TimeSpan.FromSeconds(settings.Lifetime.Min + (random.NextDouble() * (settings.Lifetime.Max - settings.Lifetime.Min)));
        var handshakeTime = TimeSpan.FromMilliseconds(random.Next(0, 40));
        LifeEnd end = handshakeClose ? LifeEnd.HandshakeClosed
            : cancel && cancelsHandshake ? LifeEnd.HandshakeCancelled
            : death ? LifeEnd.Death
            : byServer ? LifeEnd.ClosedByServer : LifeEnd.ClosedByClient;
        return new LifePlan(end, lifetime, handshakeTime, cancel && !cancelsHandshake, sameAddress);
    }

    /// <summary>A number of the first plans of all peers: the same for the same settings and seed.</summary>
    internal static string Digest(SoakSettings settings)
    {
        ulong digest = 14_695_981_039_346_656_037; // FNV-1a
        for (int peer = 0; peer < settings.Peers; peer++)
        {
            Random random = Seeds.Random(settings.Seed, SeedPurpose.Plan, peer);
            for (int life = 0; life < 20; life++)
            {
                LifePlan plan = Draw(settings, random);
                foreach (long part in (ReadOnlySpan<long>)[(long)plan.End, plan.Lifetime.Ticks, plan.HandshakeTime.Ticks, plan.CancelsReceive ? 1 : 0, plan.SameAddress ? 1 : 0])
                {
                    digest = (digest ^ (ulong)part) * 1_099_511_628_211;
                }
            }
        }

        return digest.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool Hit(Random random, double percent) => random.NextDouble() * 100 < percent;
}
