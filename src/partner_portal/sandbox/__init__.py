"""A local Autotask: the same wire behaviour over generated data, with faults on demand."""
