"""The ground floor: money, time, identifiers, the database and what every room says in the same way."""
