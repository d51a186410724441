using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>A TCP connection through the tunnel, by sockets of the test itself in the nodes' namespaces.</summary>
internal sealed class NamespaceTransfer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Socket _client;
    private readonly Socket _server;

    /// <summary>Connects.</summary>
    /// <param name="address">The VPN address of <paramref name="to"/>.</param>
    public NamespaceTransfer(MeshNode from, MeshNode to, string address)
    {
        IPAddress target = IPAddress.Parse(address);
        using Socket listener = NamespaceThread.Run(to.Namespace, () =>
        {
            Socket socket = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(target, 0));
            socket.Listen();
            return socket;
        });
        _client = NamespaceThread.Run(from.Namespace, () => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            IPEndPoint place = (IPEndPoint)listener.LocalEndPoint!;
            Watchdog.Run(Limit, () => _client.Connect(place), "the connection");
            _server = Watchdog.Run(Limit, listener.Accept, "the other side of the connection");
        }
        catch
        {
            _client.Dispose();
            throw;
        }
    }

    /// <summary>Sends random bytes and compares the hashes of both sides.</summary>
    public void Send(int bytes, TimeSpan limit, Action? midway = null)
    {
        byte[] data = RandomNumberGenerator.GetBytes(bytes);
        BlockingThread<byte[]> received = BlockingThread.Start("the receiving side", () => Receive(bytes));
        BlockingThread sent = BlockingThread.Start("the sending side", () =>
        {
            SendAll(data.AsSpan(0, bytes / 2));
            midway?.Invoke();
            SendAll(data.AsSpan(bytes / 2));
        });
        BlockingThread.JoinAll(limit, sent, received);
        Assert.That(received.Join(limit), Is.EqualTo(SHA256.HashData(data)), "the hash of what was received");
    }

    public void Dispose()
    {
        _client.Dispose();
        _server?.Dispose();
    }

    private void SendAll(ReadOnlySpan<byte> data)
    {
        for (int sent = 0; sent < data.Length;)
        {
            sent += _client.Send(data[sent..]);
        }
    }

    private byte[] Receive(int bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[65_536];
        for (int received = 0; received < bytes;)
        {
            int length = _server.Receive(buffer);
            Assert.That(length, Is.Positive, "the connection was closed");
            hash.AppendData(buffer, 0, length);
            received += length;
        }

        return hash.GetHashAndReset();
    }
}
