"""Webhooks as those who keep them look at them."""
