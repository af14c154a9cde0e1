using System.Runtime.InteropServices;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// The C library is the system's; a libc beside the application is somebody else's.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
