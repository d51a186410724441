using System.Diagnostics;
using FifoVpn.Control;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>
/// A node of a ring: it looks for the next one and relays its number to it, until all have what they wait for. It repeats what is not answered, as nodes do: a burst of
/// many nodes may be more than the system's socket buffers hold.
/// </summary>
internal sealed class MeetingNode(RendezvousClient client, int number, int nodes)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private IntroductionMessage? _answer;
    private IntroductionMessage? _call;
    private bool _relayed;

    private int Previous => (number + nodes - 1) % nodes;

    private string NextName => $"node{(number + 1) % nodes}";

    public void Register()
    {
        do
        {
            client.Send(new RegisterMessage([]).Write(new byte[ControlMessage.MaxLength]));
        }
        while (!client.TryNext(Patience, out _));
    }

    /// <summary>Begins when all are registered.</summary>
    public void Meet(CountdownEvent done, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        bool signalled = false;
        Ask();
        while (!done.IsSet && Stopwatch.GetElapsedTime(start) < limit)
        {
            if (client.TryNext(Patience, out byte[] message))
            {
                Take(message);
            }
            else
            {
                Ask();
            }

            if (!signalled && _relayed && _answer is not null)
            {
                signalled = true;
                done.Signal();
            }
        }

        Assert.That(done.IsSet, Is.True, $"all meet; node{number} was answered: {_answer is not null}, called: {_call is not null}, relayed to: {_relayed}");
    }

    private void Ask()
    {
        if (_answer is null)
        {
            client.Find(NextName);
        }
        else
        {
            client.SendRelay(_answer.Channel, (uint)number, true, BitConverter.GetBytes(number));
        }
    }

    // In any order: who calls may relay before this node's own question is answered.
    private void Take(byte[] message)
    {
        switch (ControlMessage.TypeOf(message))
        {
            case ControlType.Introduction:
                Assert.That(IntroductionMessage.TryRead(message, out IntroductionMessage? introduction), Is.True);
                TakeIntroduction(introduction!);
                break;
            case ControlType.Relay:
                Assert.That(RelayHeader.TryRead(message, out RelayHeader header), Is.True);
                Assert.That(BitConverter.ToInt32(message, RelayHeader.Length), Is.EqualTo(Previous));
                Assert.That(_call is null || header.Channel == _call.Channel, Is.True, "it comes on the channel of who calls");
                _relayed = true;
                break;
            default:
                Assert.That(ControlMessage.TypeOf(message), Is.EqualTo(ControlType.Registered), "nothing but repeated answers else");
                break;
        }
    }

    private void TakeIntroduction(IntroductionMessage introduction)
    {
        if (introduction.Request == 0)
        {
            Assert.That(introduction.Name, Is.EqualTo($"node{Previous}"));
            _call = introduction;
            return;
        }

        Assert.That(introduction.Name, Is.EqualTo(NextName));
        bool first = _answer is null;
        _answer = introduction;
        if (first)
        {
            Ask();
        }
    }
}
