namespace FifoVpn.Cli;

/// <summary>The exit codes of fifovpn. They are documented: never change the meaning of one.</summary>
internal enum ExitCode
{
    /// <summary>Everything that was asked for was done.</summary>
    Success = 0,

    /// <summary>The command line is wrong (System.CommandLine's own code for it).</summary>
    Usage = 1,

    /// <summary>The configuration file is missing or wrong.</summary>
    Configuration = 2,

    /// <summary>A key or certificate is missing, wrong, or would be overwritten.</summary>
    Credentials = 3,

    /// <summary>The system has no usable libssl.</summary>
    LibSslMissing = 4,

    /// <summary>The TUN device or the privilege for it is missing.</summary>
    Device = 5,

    /// <summary>The UDP socket cannot be opened, for example because the port is in use.</summary>
    Network = 6,

    /// <summary>The demo ran, but not all of its traffic arrived intact.</summary>
    DemoTrafficFailed = 7,

    /// <summary>The up hook can't be run, failed, or did not end in time.</summary>
    HookFailed = 8,

    /// <summary>No running node answers on the status socket, or a pinged peer has not answered once.</summary>
    NoAnswer = 9,

    /// <summary>A defect of the program.</summary>
    Internal = 70,
}
