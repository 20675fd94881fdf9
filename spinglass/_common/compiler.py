"""A Numba compiler whose kernels contain private copies of all the kernels that they call.

Numba links a copy of every called kernel into the caller, optimises it again there, and marks it as interchangeable
with any other copy of that name. A process then runs whichever copy it loaded first: that of the callee, if the callee
was compiled in this process, or that of the caller, if the caller was read from disk. Copies can round differently, so
the last bits of a result would depend on what was compiled or read before. Here a kernel always runs its own copies.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import binding
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class SelfContainedLibrary(JITCodeLibrary):
    """The machine code of one kernel, with private copies of the kernels that it calls."""

    def _finalize_final_module(self) -> None:
        module = self._final_module
        copies = [
            f.name for f in module.functions if not f.is_declaration and f.linkage == binding.Linkage.linkonce_odr
        ]
        if copies:
            # Callers link a module whose kernel is marked as interchangeable, so that it may occur in several of them.
            shared = module.clone()
            for function in shared.functions:
                if not function.is_declaration and function.linkage == binding.Linkage.external:
                    function.linkage = binding.Linkage.linkonce_odr
            self._shared_module = shared
            for name in copies:
                module.get_function(name).linkage = binding.Linkage.internal
        super()._finalize_final_module()


class SelfContainedCompiler(Compiler):
    """Numba's compiler with :class:`SelfContainedLibrary` for its output."""

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        """Compile a Python function."""
        library = SelfContainedLibrary(self.state.targetctx.codegen(), func.__qualname__)
        library.enable_object_caching()
        self.state.library = library
        return super().compile_extra(func)
