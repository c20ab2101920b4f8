"""How the property tests run."""

from hypothesis import settings

# The tests run inside the package's build, which has to end the same way each time and on a slow
# machine too, and leaves nothing behind.
settings.register_profile("build", database=None, deadline=None, derandomize=True)
settings.load_profile("build")
