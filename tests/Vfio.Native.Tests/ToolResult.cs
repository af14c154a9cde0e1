namespace Vfio.Native.Tests;

internal sealed record ToolResult(int ExitCode, string Output, string Errors);
