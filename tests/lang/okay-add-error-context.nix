builtins.addErrorContext "never shown" 3
