using FsCheck.Fluent;

namespace Vfio.Core.Tests;

/// <summary>Random sequences of what is done with an address space and a pool, against a model, on every back end that maps.</summary>
public sealed class AddressSpaceModelTests
{
    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void It_does_what_the_model_does(FakeInterfaces interfaces)
        => Hold.Always(Prop.ForAll<byte[]>(script => Run(interfaces, script ?? [])), tests: 60, size: 400);

    private static void Run(FakeInterfaces interfaces, byte[] script)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            using var model = new AddressSpaceModel(device.Dma);
            for (int i = 0; i + AddressSpaceModel.BytesPerStep <= script.Length; i += AddressSpaceModel.BytesPerStep)
            {
                model.Step(script.AsSpan(i, AddressSpaceModel.BytesPerStep));
            }
        }

        machine.AssertClean();
    }
}
