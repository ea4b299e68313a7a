"""The metric catalogue and the sales report document."""
