"""`vitrion.serve.client.campaign`, under the name by which it is documented."""

from .client.campaign import RemoteCampaign

__all__ = ["RemoteCampaign"]
