return FifoVpn.Cli.FifoVpnCommand.Invoke(args);
