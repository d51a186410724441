using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>The calls of a schedule, of an association and of a peer alike.</summary>
public static class RaceCalls
{
    /// <summary>What both sides send.</summary>
    public static ReadOnlySpan<byte> Payload => [1, 2, 3];

    /// <summary>Receives payloads until something else comes.</summary>
    public static DtlsReceiveStatus? ReceiveAll(Func<byte[], DtlsReceiveResult> receive)
    {
        byte[] buffer = new byte[10];
        while (true)
        {
            DtlsReceiveResult result = receive(buffer);
            if (!result.HasData)
            {
                return result.Status;
            }

            Assert.That(buffer.AsSpan(0, result.Length).SequenceEqual(Payload), Is.True);
        }
    }

    /// <summary>Receives once; a second receiver is refused.</summary>
    public static DtlsReceiveStatus? Poll(Func<byte[], DtlsReceiveResult> receive)
    {
        try
        {
            return receive(new byte[10]).Status;
        }
        catch (InvalidOperationException exception) when (exception.Message.Contains("Another thread", StringComparison.Ordinal))
        {
            return null;
        }
    }

    /// <summary>The same call some times in a row.</summary>
    public static DtlsReceiveStatus? Many(Action call)
    {
        for (int i = 0; i < 5; i++)
        {
            call();
        }

        return null;
    }

    /// <summary>A call that has one outcome only.</summary>
    public static string Call(Action call)
    {
        call();
        return "done";
    }
}
