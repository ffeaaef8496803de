"""What is measured beside Notifier. Each is written as its own documentation teaches it."""
