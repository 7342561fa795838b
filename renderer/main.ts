document.title = 'Heldout';
