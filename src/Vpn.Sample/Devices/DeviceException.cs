namespace FifoVpn.Devices;

/// <summary>A network device could not be made, configured or used. The message is one line for the user and names the cure.</summary>
internal sealed class DeviceException(DeviceFailure reason, string message) : Exception(message)
{
    public DeviceFailure Reason { get; } = reason;

    /// <summary>The one text about the missing privilege, wherever it is noticed.</summary>
    internal static DeviceException NoPrivilege(string what) => new(
        DeviceFailure.NoPrivilege,
        $"{what}: this needs the privilege CAP_NET_ADMIN; run as root, or once: setcap cap_net_admin+ep on the fifovpn program file");
}
