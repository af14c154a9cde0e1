using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Emit;

/// <summary>Writes enums under their C names, with their C members.</summary>
internal static class EnumEmitter
{
    public static void Write(CodeWriter code, EnumModel item, string header)
    {
        code.Line($"/// <summary><c>enum {item.Name}</c> of <c>{header}</c>, line {item.Line}.</summary>");
        code.Line($"public enum {CSharp.Identifier(item.Name)}{(item.Type == "int" ? "" : $" : {item.Type}")}");
        code.Open();
        foreach (ConstantModel member in item.Members)
        {
            code.Line($"{CSharp.Identifier(member.Name)} = {member.Value},");
        }

        code.Close();
    }
}
