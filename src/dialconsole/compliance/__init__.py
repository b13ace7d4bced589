"""May this number be called now? The gate and its checks; each check alone in its module."""
