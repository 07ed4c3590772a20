"""The console: what staff see and do, page by page; everything it does is an operation of the API too."""
