"""`vitrion.models.physics.softness`, under the name by which it is documented."""

from .physics.softness import softness

__all__ = ["softness"]
