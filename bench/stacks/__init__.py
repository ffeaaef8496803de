"""What is measured: Notifier in its sizes and on its servers, and its peers. Each starts and ends its own processes."""
