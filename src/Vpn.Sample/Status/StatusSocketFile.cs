using System.Net.Sockets;
using FifoVpn.Configuration;
using FifoVpn.Interop;

namespace FifoVpn.Status;

/// <summary>The file of a status socket: who may use it, and what is done with one that is there already.</summary>
internal static class StatusSocketFile
{
    private const string Key = "statusSocket";
    private const int Backlog = 16;

    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes the socket, which only its owner and group can connect to, and the folder if it is missing. A socket that a dead process has left is replaced.</summary>
    /// <exception cref="ConfigException">It can't be made, or another process listens there.</exception>
    public static Socket Listen(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            MakeFolder(path);
            RemoveStale(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, OwnerAndGroup); // before it listens: nobody can have connected yet
            }

            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new ConfigException($"{Key}: {path} can't be made: {exception.Message}; choose another path, or \"{ServiceKeys.StatusSocketOff}\"");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void MakeFolder(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder, FolderMode); // whatever the umask
            }
        }
    }

    private static void RemoveStale(string path)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false; // a listener whose backlog is full would make us wait
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            if (!IsSocket(path))
            {
                throw new ConfigException($"{Key}: {path} is there and no socket; remove it or choose another path");
            }

            File.Delete(path); // nobody listens: its process has died
            return;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Somebody listens.
        }

        throw new ConfigException($"{Key}: another running process listens at {path}; choose another path, or end that process");
    }

    /// <summary>Only a socket can't be opened for this reason. For reading and writing, because a FIFO that is opened for reading alone waits for its writer.</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            using FileStream opened = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (IOException exception) when (exception.HResult == Errno.ENXIO)
        {
            return true;
        }
    }
}
