using System.Runtime.InteropServices;
using FifoVpn.Devices;

namespace FifoVpn.Tests.Devices;

internal sealed class NetlinkTests
{
    [Test]
    public void Request_pads_attributes_and_states_its_length()
    {
        NetlinkRequest request = new NetlinkRequest(16, NetlinkRequest.FlagCreate, new byte[4]).Add(7, [0xAA]).Add(8, 0x01020304u);

        byte[] bytes = request.Finish(5).ToArray();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(bytes, Has.Length.EqualTo(16 + 4 + 8 + 8));
            Assert.That(MemoryMarshal.Read<uint>(bytes), Is.EqualTo(bytes.Length));
            Assert.That(MemoryMarshal.Read<ushort>(bytes.AsSpan(4)), Is.EqualTo(16));
            Assert.That(MemoryMarshal.Read<ushort>(bytes.AsSpan(6)), Is.EqualTo(0x405));
            Assert.That(MemoryMarshal.Read<uint>(bytes.AsSpan(8)), Is.EqualTo(5));
            Assert.That(MemoryMarshal.Read<ushort>(bytes.AsSpan(20)), Is.EqualTo(5), "length without padding");
            Assert.That(bytes[24..28], Is.EqualTo(new byte[] { 0xAA, 0, 0, 0 }));
        }
    }

    [Test]
    public void Acknowledgement_gives_the_text_of_the_kernel()
    {
        byte[] answer = Answer(errno: 22, sequence: 3, text: "bad luck");

        Assert.That(NetlinkSocket.TryReadAcknowledgement(answer, 3, out int errno, out string explanation), Is.True);
        Assert.That(errno, Is.EqualTo(22));
        Assert.That(explanation, Is.EqualTo("Invalid argument: bad luck"));
    }

    [Test]
    public void Answers_to_other_requests_and_cut_ones_are_passed_over()
    {
        byte[] answer = Answer(errno: 22, sequence: 3, text: "bad luck");

        Assert.That(NetlinkSocket.TryReadAcknowledgement(answer, 4, out _, out _), Is.False);
        for (int length = 0; length < answer.Length; length++)
        {
            bool read = NetlinkSocket.TryReadAcknowledgement(answer.AsSpan(0, length), 3, out _, out string explanation);
            Assert.That(read, Is.EqualTo(length >= 36), $"length {length}");
            Assert.That(explanation, Is.EqualTo(read ? "Invalid argument" : ""), $"length {length}");
        }
    }

    private static byte[] Answer(int errno, uint sequence, string text)
    {
        byte[] attribute = NetlinkRequest.EncodeAttribute(1, System.Text.Encoding.ASCII.GetBytes(text));
        byte[] answer = new byte[36 + attribute.Length];
        MemoryMarshal.Write(answer.AsSpan(0), (uint)answer.Length);
        MemoryMarshal.Write(answer.AsSpan(4), (ushort)2);
        MemoryMarshal.Write(answer.AsSpan(6), (ushort)0x200);
        MemoryMarshal.Write(answer.AsSpan(8), sequence);
        MemoryMarshal.Write(answer.AsSpan(16), -errno);
        attribute.CopyTo(answer, 36);
        return answer;
    }
}
