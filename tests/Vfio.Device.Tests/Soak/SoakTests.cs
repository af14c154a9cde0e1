using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Soak;

/// <summary>Random traffic from several threads, against models, as long as <see cref="SoakSettings.SecondsVariable"/> says.</summary>
public sealed class SoakTests
{
    [Fact]
    public void Library_kernel_and_device_agree_with_the_model()
    {
        Mode.RequireIommu();
        PciAddress edu = TestDevice.Edu();
        PciAddress other = TestDevice.Nvme();
        SoakSettings settings = SoakSettings.Read();
        try
        {
            // What is opened once and kept, by the library and by the runtime, is not what a soak leaks.
            Soak(edu, other, settings with { Duration = TimeSpan.Zero });
            ProcessUse before = ProcessUse.Read();
            Soak(edu, other, settings);
            Assert.Equal(string.Empty, ProcessUse.Growth(before));
        }
        catch (Exception error)
        {
            throw new DivergenceException($"With {SoakSettings.SeedVariable}={settings.Seed}: {error.Message}", error);
        }
    }

    private static void Soak(PciAddress first, PciAddress second, SoakSettings settings)
    {
        using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions);
        using var device = new Taken(first, space);
        using var neighbour = new Taken(second, space);
        using var edu = new Edu(device.Device);
        uint? available = space.GetInfo().AvailableMappings;
        using (var run = new SoakRun(space, edu, settings.Seed))
        {
            SoakCounts counts = run.Run(settings.Duration);
            Console.Error.WriteLine(
                $"soak: done after {run.SteadyRounds} rounds, with {run.Allocated} bytes allocated in them, and {counts.Total} commands: {counts}");
        }

        Assert.Equal(0, space.MappingCount);
        Assert.Equal(available, space.GetInfo().AvailableMappings);
    }
}
