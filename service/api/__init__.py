"""The HTTP API: views that translate between requests and the rooms behind them."""
