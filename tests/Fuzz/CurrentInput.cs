using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace FifoDtls.Fuzz;

/// <summary>
/// Keeps the input that is at work in a mapped file, so that it outlives a crash of the whole process in native code; and watches that no input takes for ever.
/// </summary>
internal sealed class CurrentInput : IDisposable
{
    private readonly string _path;
    private readonly string _name;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte[] _copy;
    private readonly TimeSpan _limit;
    private readonly Timer _watch;
    private long _number;
    private long _seen;
    private long _seenAt;
    private bool _busy;

    internal CurrentInput(string name, string folder, int maxInput, TimeSpan limit)
    {
        _name = name;
        _limit = limit;
        _copy = new byte[maxInput];
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, $"fuzz-{name}-{Environment.ProcessId}.current");
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.Create, null, sizeof(ulong) + sizeof(int) + maxInput);
        _view = _file.CreateViewAccessor();
        _watch = new Timer(_ => Watch(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    internal void Begin(ReadOnlySpan<byte> input, ulong? seed)
    {
        input.CopyTo(_copy);
        _view.Write(0, seed ?? 0);
        _view.Write(sizeof(ulong), input.Length);
        _view.WriteArray(sizeof(ulong) + sizeof(int), _copy, 0, input.Length);
        Volatile.Write(ref _number, _number + 1);
        Volatile.Write(ref _busy, true);
    }

    internal void End() => Volatile.Write(ref _busy, false);

    /// <summary>The process has not crashed.</summary>
    internal void Remove() => File.Delete(_path);

    public void Dispose()
    {
        _watch.Dispose();
        _view.Dispose();
        _file.Dispose();
    }

    private void Watch()
    {
        long number = Volatile.Read(ref _number);
        if (number != _seen || !Volatile.Read(ref _busy))
        {
            _seen = number;
            _seenAt = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(_seenAt) > _limit)
        {
            Console.Error.WriteLine(
                $"{_name}: FAILED, input seed 0x{_view.ReadUInt64(0):x} has not ended for {_limit.TotalSeconds} s: {Convert.ToHexStringLower(_copy.AsSpan(0, _view.ReadInt32(sizeof(ulong))))}");
            Environment.Exit(ExitCode.Failure);
        }
    }
}
