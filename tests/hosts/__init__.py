"""Start the hosts on which the acceptance tests run: the sandbox and real Saleor."""
