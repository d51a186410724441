namespace FifoDtls;

// While a batch is open, records are collected, and go to the transport together, in their order.
internal sealed partial class FifoBio
{
    /// <summary>The most datagrams that go to the transport in one call: as many as Linux cuts one buffer into (UDP_MAX_SEGMENTS of older kernels).</summary>
    internal const int MaxBatch = 64;

    /// <summary>The most bytes that go to the transport in one call: as many as one UDP datagram over IPv6 can have, which is what Linux cuts.</summary>
    internal const int MaxBatchBytes = 65_535 - 40 - 8;

    private DatagramBuffer? _batch;
    private int[]? _batchLengths; // of an association that has sent a batch before
    private int _batched;

    /// <summary>Collects the records that libssl writes from now on. Ended by <see cref="TryEndBatch"/>, under the same lock.</summary>
    internal void BeginBatch()
    {
        _batchLengths ??= new int[MaxBatch];
        _batch = DatagramPool.Shared.Rent(DatagramPool.LargeSize);
    }

    /// <summary>Sends what has been collected, and collects no more.</summary>
    /// <returns>Whether the transport took it; <see cref="TransportFailure"/> says why not.</returns>
    internal bool TryEndBatch()
    {
        DatagramBuffer batch = _batch!;
        try
        {
            SendCollected(batch);
            return true;
        }
        catch (Exception exception)
        {
            TransportFailure = exception;
            return false;
        }
        finally
        {
            _batch = null;
            _batched = 0;
            batch.Release();
        }
    }

    private void Collect(DatagramBuffer batch, ReadOnlySpan<byte> datagram)
    {
        if (_batched == MaxBatch || batch.Length + datagram.Length > MaxBatchBytes)
        {
            SendCollected(batch);
        }

        if (datagram.Length > MaxBatchBytes)
        {
            _transport.Send(datagram);
            return;
        }

        datagram.CopyTo(batch.Space[batch.Length..]);
        batch.Length += datagram.Length;
        _batchLengths![_batched++] = datagram.Length;
    }

    private void SendCollected(DatagramBuffer batch)
    {
        int count = _batched;
        int length = batch.Length;
        _batched = 0;
        batch.Length = 0;
        if (count == 1)
        {
            _transport.Send(batch.Space[..length]);
        }
        else if (count > 1)
        {
            _transport.SendBatch(batch.Space[..length], _batchLengths.AsSpan(0, count));
        }
    }
}
