using FifoVpn.Devices;

namespace FifoVpn.Tests.Support;

internal static class PacketDeviceReading
{
    /// <summary>Blocks for one packet, not a super-packet, and returns its length; 0 when the device was disposed.</summary>
    public static int ReadPacket(this IPacketDevice device, Span<byte> buffer)
    {
        DevicePacket packet;
        do
        {
            if (!device.Wait())
            {
                return 0;
            }
        }
        while (!device.TryRead(buffer, out packet));

        // Compared by hand first: an assertion allocates, and some tests count that.
        if (packet.SegmentSize != 0)
        {
            Assert.Fail($"{packet} is a super-packet");
        }

        return packet.Length;
    }
}
