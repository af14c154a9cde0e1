using System.Diagnostics;
using System.Globalization;

namespace Vfio.FloorComparison;

/// <summary>The floor, as a child that answers a line with a line.</summary>
internal sealed class FloorProcess : IDisposable
{
    private readonly Process _process;

    public FloorProcess(string program)
        => _process = Process.Start(new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;

    /// <summary>Has something measured, and waits for its figures: nanoseconds for one operation.</summary>
    /// <exception cref="FloorException">A step of it failed, or the floor is gone.</exception>
    public IReadOnlyList<double> Ask(FloorRequest request)
    {
        _process.StandardInput.WriteLine(request.ToString());
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new FloorException($"{request}: the floor has ended");
        string[] words = answer.Split(' ');
        var figures = new double[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out figures[i]))
            {
                throw new FloorException($"{request}: {answer}");
            }
        }

        return figures;
    }

    /// <summary>Ends its input, after which it ends.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
