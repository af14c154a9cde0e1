using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

// Every unmanaged struct is blittable by rule, and bool and char hold no traps.
[assembly: DisableRuntimeMarshalling]

// The numbers and layouts are Linux's.
[assembly: SupportedOSPlatform("linux")]

// The C library is the system's; a libc beside the application is somebody else's.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
