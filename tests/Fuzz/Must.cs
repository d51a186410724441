using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FifoDtls.Fuzz;

/// <summary>Checks that stay in a Release build, and cost nothing while they hold.</summary>
internal static class Must
{
    internal static void Hold([DoesNotReturnIf(false)] bool condition, string what, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition)
        {
            throw new FuzzException($"{what}: {expression}");
        }
    }
}
