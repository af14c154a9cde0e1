using Vfio.Nvme.Tool.Commands;

return CommandLine.Run(args);
