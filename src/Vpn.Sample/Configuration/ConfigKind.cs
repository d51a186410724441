namespace FifoVpn.Configuration;

/// <summary>What may stand behind a key. All but lists and objects can also come from the environment and the command line.</summary>
internal enum ConfigKind
{
    Text,
    Integer,
    Boolean,
    TextOrList,
    List,
    Object,
}
