"""Ansible inventory → Customer, System, Policy, validated once, here."""

from callout.inventory.models import Customer, System
from callout.inventory.policy import Policy
from callout.inventory.reading import Inventory, load_inventory, system_from_raw

__all__ = ["Customer", "Inventory", "Policy", "System", "load_inventory", "system_from_raw"]
