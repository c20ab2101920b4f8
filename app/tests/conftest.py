"""How the property tests run."""

from hypothesis import settings

# The tests run inside the package's build, which has to end the same way each time, on a slow
# machine too.
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build")
