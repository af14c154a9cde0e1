namespace Vfio.Nvme.Tests.Queues;

/// <summary>Checks that each command ends once, and well.</summary>
internal struct CountingHandler : INvmeCompletionHandler
{
    private readonly bool[] _expected;

    public CountingHandler(int depth, int[]? expected = null)
    {
        _expected = new bool[depth];
        Array.ForEach(expected ?? [], Expect);
    }

    public int Count { get; private set; }

    public readonly void Expect(ushort command) => Expect((int)command);

    public void Complete(in NvmeCompletion completion)
    {
        Assert.True(completion.IsSuccess);
        Assert.True(_expected[completion.CommandId]);
        _expected[completion.CommandId] = false;
        Count++;
    }

    private readonly void Expect(int command)
    {
        Assert.False(_expected[command]);
        _expected[command] = true;
    }
}
