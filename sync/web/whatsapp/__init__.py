"""What Meta's WhatsApp Cloud API tells the office: delivery reports, and citizens' messages."""
