"""The invoice as a value, in the terms of EN 16931. Making it known to people and machines is `views/invoice/`."""
