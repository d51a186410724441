using FifoDtls.TestSupport;
using FifoVpn.Demo;
using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Demo;

/// <summary>The demo must not say that traffic arrived intact when it did not: its hosts over a wire that loses and alters packets.</summary>
public sealed class BulkFlowTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(300);

    private delegate bool Wire(Span<byte> packet, long number);

    [Test]
    public void Flow_over_a_wire_that_loses_packets_sends_them_again_and_arrives_intact()
    {
        (string? hash, long retransmitted, DemoFailure? failure) = Transfer((_, number) => number % 200 != 150);

        Assert.That(failure, Is.Null);
        Assert.That(hash, Has.Length.EqualTo(64));
        Assert.That(retransmitted, Is.GreaterThan(0));
    }

    [Test]
    public void Flow_with_a_packet_that_was_altered_is_told_from_an_intact_one()
    {
        (_, _, DemoFailure? failure) = Transfer((packet, number) =>
        {
            if (number == 5)
            {
                SwapTwoWords(packet); // which no Internet checksum shows
            }

            return true;
        });

        Assert.That(failure?.Message, Does.Contain("is not what was sent"));
    }

    [Test]
    public void Ping_over_a_dead_wire_fails_and_names_both_ends()
    {
        using var pair = new HostPair((_, _) => false);

        DemoFailure? failure = Watchdog.Run(
            Limit, () => Assert.Throws<DemoFailure>(() => pair.A.Ping(pair.B.IPv4, TimeSpan.FromMilliseconds(100))), "a ping");

        Assert.That(failure!.Message, Does.Contain("a: no intact reply").And.Contain("10.0.0.2"));
    }

    private static (string? Hash, long Retransmitted, DemoFailure? Failure) Transfer(Wire wire) => Watchdog.Run(
        Limit,
        () =>
        {
            using var pair = new HostPair(wire);
            using var flow = new BulkFlow(pair.A, pair.B, Duration);
            flow.Start();
            try
            {
                string hash = flow.Finish();
                return ((string?)hash, flow.Retransmitted, (DemoFailure?)null);
            }
            catch (DemoFailure failure)
            {
                return (null, flow.Retransmitted, failure);
            }
        },
        "a bulk flow");

    private static void SwapTwoWords(Span<byte> packet)
    {
        Span<byte> words = packet[^4..];
        (words[0], words[1], words[2], words[3]) = (words[2], words[3], words[0], words[1]);
    }

    /// <summary>Two hosts whose devices are joined by two threads instead of two nodes.</summary>
    private sealed class HostPair : IDisposable
    {
        private readonly MemoryPacketDevice _deviceA = new("a", 1400);
        private readonly MemoryPacketDevice _deviceB = new("b", 1400);
        private readonly BlockingThread _there;
        private readonly BlockingThread _back;

        public HostPair(Wire wire)
        {
            A = new DemoHost("a", VpnAddress.Parse("10.0.0.1"), VpnAddress.Parse("fd00::1"), _deviceA);
            B = new DemoHost("b", VpnAddress.Parse("10.0.0.2"), VpnAddress.Parse("fd00::2"), _deviceB);
            A.Start();
            B.Start();
            _there = BlockingThread.Start("wire a to b", () => Carry(_deviceA, _deviceB, wire));
            _back = BlockingThread.Start("wire b to a", () => Carry(_deviceB, _deviceA, (_, _) => true));
        }

        public DemoHost A { get; }

        public DemoHost B { get; }

        public void Dispose()
        {
            _deviceA.Dispose();
            _deviceB.Dispose();
            BlockingThread.JoinAll(Limit, _there, _back);
            A.Dispose();
            B.Dispose();
        }

        private static void Carry(MemoryPacketDevice from, MemoryPacketDevice to, Wire wire)
        {
            byte[] buffer = new byte[from.Mtu];
            int length;
            for (long number = 0; (length = from.ReadPacket(buffer)) > 0; number++)
            {
                if (wire(buffer.AsSpan(0, length), number))
                {
                    to.Write(buffer.AsSpan(0, length));
                }
            }
        }
    }
}
