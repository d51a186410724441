using System.ComponentModel;
using System.Runtime.InteropServices;

namespace FifoVpn.Tests.Support;

/// <summary>Lets the kernel refuse system calls of the calling thread, by seccomp (Linux, x86-64 and arm64), as a kernel would that can't do what they ask for.</summary>
internal static unsafe partial class SystemCallFilter
{
    private const int SetNoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS
    private const int SetSeccomp = 22; // PR_SET_SECCOMP
    private const int ModeFilter = 2; // SECCOMP_MODE_FILTER

    // linux/filter.h and linux/seccomp.h
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfGreater = 0x25;
    private const ushort Return = 0x06;
    private const uint Allow = 0x7FFF_0000;
    private const uint Error = 0x0005_0000;
    private const uint ThirdArgument = 32; // in struct seccomp_data, its low half

    private static uint VectorWrite => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 66u : 20u;

    /// <summary>From now on, until this thread ends, a writev of more pieces fails with that error number.</summary>
    public static void RefuseVectorWrites(uint abovePieces, uint errno)
    {
        Instruction* program = stackalloc Instruction[]
        {
            new(LoadWord, 0, 0, 0), // the call's number
            new(JumpIfEqual, 0, 3, VectorWrite),
            new(LoadWord, 0, 0, ThirdArgument),
            new(JumpIfGreater, 0, 1, abovePieces),
            new(Return, 0, 0, Error | errno),
            new(Return, 0, 0, Allow),
        };
        Program filter = new() { Length = 6, Instructions = program };
        if (Prctl(SetNoNewPrivileges, 1, 0, 0, 0) != 0 || Prctl(SetSeccomp, ModeFilter, (nuint)(&filter), 0, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte ifTrue, byte ifFalse, uint operand)
    {
        private readonly ushort _code = code;
        private readonly byte _ifTrue = ifTrue;
        private readonly byte _ifFalse = ifFalse;
        private readonly uint _operand = operand;
    }

    /// <summary>struct sock_fprog.</summary>
    private struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
