using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// The chain of capabilities behind an info structure, walked with <c>foreach</c>. Offsets count from the start of
/// the answer.
/// </summary>
/// <remarks>
/// The answer comes from the kernel, or in tests from an adversary: an offset into the structure's own fields, past
/// the end, or a chain that never ends throws <see cref="InvalidDataException"/>.
/// </remarks>
internal readonly ref struct InfoCapabilityChain(ReadOnlySpan<byte> answer, uint first, int headerSize, string step)
{
    private readonly ReadOnlySpan<byte> _answer = answer;

    public Enumerator GetEnumerator() => new(_answer, first, headerSize, step);

    public unsafe ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _answer;
        private readonly int _headerSize;
        private readonly string _step;
        private uint _next;
        private int _remaining;
        private InfoCapability _current;

        internal Enumerator(ReadOnlySpan<byte> answer, uint first, int headerSize, string step)
        {
            _answer = answer;
            _headerSize = headerSize;
            _step = step;
            _next = first;

            // No two headers overlap in a chain without a cycle, so this many is all there can be.
            _remaining = answer.Length / sizeof(vfio_info_cap_header);
        }

        public readonly InfoCapability Current => _current;

        public bool MoveNext()
        {
            if (_next == 0)
            {
                return false;
            }

            if (_next < (uint)_headerSize)
            {
                throw Malformed("points into the header of the structure");
            }

            if (_next > (uint)_answer.Length || _answer.Length - (int)_next < sizeof(vfio_info_cap_header))
            {
                throw Malformed("points past the end of the answer");
            }

            if (_remaining-- == 0)
            {
                throw Malformed("closes a cycle");
            }

            ReadOnlySpan<byte> rest = _answer[(int)_next..];
            var header = MemoryMarshal.Read<vfio_info_cap_header>(rest);
            if (header.next == _next)
            {
                throw Malformed("is that of a capability of no length, which follows itself");
            }

            _current = new InfoCapability(header.id, header.version, rest, _step);
            _next = header.next;
            return true;
        }

        private readonly InvalidDataException Malformed(string problem)
            => new($"{_step}: the capability offset 0x{_next:x} {problem} ({_answer.Length} bytes).");
    }
}
