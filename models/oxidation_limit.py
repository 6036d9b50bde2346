"""`vitrion.models.physics.oxidation_limit`, under the name by which it is documented."""

from .physics.oxidation_limit import OxidationLimits, oxidation_limits

__all__ = ["OxidationLimits", "oxidation_limits"]
